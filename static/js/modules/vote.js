// Votes without a new page – the form of macros/contributions.html. The number changes at once and is corrected by the
// answer {votes_for, votes_against, mine, message}; pressing again takes the vote back.
import { number, say } from "../announce.js";

export function start(form) {
  const buttons = [...form.querySelectorAll("[data-vote]")];
  const counts = Object.fromEntries(buttons.map((button) => [button.dataset.vote, shownCount(button)]));
  let mine = form.dataset.mine;

  function show() {
    for (const button of buttons) {
      const isMine = button.dataset.vote === mine;
      button.setAttribute("aria-pressed", isMine);
      button.value = isMine ? "none" : button.dataset.vote;
      button.querySelector(".n").textContent = number(counts[button.dataset.vote]);
    }
  }

  function guess(choice) {
    if (mine) counts[mine] -= 1;
    mine = choice === "none" ? "" : choice;
    if (mine) counts[mine] += 1;
    show();
  }

  async function send(body) {
    const headers = { Accept: "application/json" };
    const response = await fetch(form.action, { method: "POST", body, headers, keepalive: true }); // also when one leaves
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail);
    return answer;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "true";
    const before = { mine, ...counts };
    const body = new FormData(form, event.submitter);
    guess(body.get("vote"));
    try {
      const answer = await send(body);
      Object.assign(counts, { for: answer.votes_for, against: answer.votes_against });
      mine = answer.mine ?? "";
      tellFailure(form, "");
      say(answer.message);
    } catch (error) {
      mine = before.mine;
      Object.assign(counts, { for: before.for, against: before.against });
      tellFailure(
        form,
        error instanceof TypeError || error instanceof SyntaxError ? form.dataset.failed : error.message,
      );
    }
    show();
    delete form.dataset.busy;
  });
}

/** The count a button shows, without the thousands' separators of either language. */
function shownCount(button) {
  return Number(button.querySelector(".n").textContent.replace(/\D/g, ""));
}

/** Says beside the buttons why a vote did not count; an empty text takes that away. */
function tellFailure(form, text) {
  let line = form.querySelector(".vote__message");
  if (!line) {
    line = document.createElement("p");
    line.className = "vote__message";
    line.setAttribute("role", "alert");
    form.append(line);
  }
  line.textContent = text;
  line.hidden = !text;
}
