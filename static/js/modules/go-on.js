// Sends a form by itself, so that what takes several requests goes on while the page stays open – <form data-module="go-on">.
export function start(form) {
  form.querySelector("[type=submit]").hidden = true;
  form.requestSubmit();
}
