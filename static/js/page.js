// What makes every page a little better where scripts run. Nothing depends on it.

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const word = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = word;
    }, 2000);
  });
}

// A form is sent once: the second press of a hurried thumb is not a second request.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
  });
}

// Coming back by the back button finds the form ready again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// One tick takes or leaves all rows of a table.
for (const all of document.querySelectorAll("input[data-picks]")) {
  const boxes = [...document.querySelectorAll(`input[name="${all.dataset.picks}"]`)];
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
}

// A mistake that was just made is what the reader should hear and see first.
document.querySelector("[data-focus]")?.focus();
