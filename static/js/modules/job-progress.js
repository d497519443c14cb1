// Looks how far a background job is – <div data-module="job-progress"> with <progress> and [data-done] – and shows the page
// of the result when it has ended. Without script there is a link to look again.
const EVERY_MS = 1500;

export function start(root) {
  const bar = root.querySelector("progress");

  async function look() {
    const response = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (response?.ok) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const now = page.querySelector("[data-module=job-progress]");
      if (!now) return location.reload();
      bar.value = now.querySelector("progress").value;
      root.querySelector("[data-done]").textContent = now.querySelector("[data-done]").textContent;
    }
    setTimeout(look, EVERY_MS);
  }

  setTimeout(look, EVERY_MS);
}
