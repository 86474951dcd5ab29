// The page of `ogi serve`: documents are sent one by one, results listed as they come, each with its page.
"use strict";

const form = document.getElementById("drop");
const input = document.getElementById("files");
const list = document.getElementById("results");
const progress = document.getElementById("progress");

for (const name of ["dragenter", "dragover"]) {
  form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
}
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  input.files = event.dataTransfer.files;
  check();
});
form.addEventListener("submit", (event) => {
  if (event.submitter && event.submitter.id !== "check") return; // a file is asked for: the browser saves it
  event.preventDefault();
  check();
});

async function check() {
  list.replaceChildren();
  const files = [...input.files];
  let done = 0;
  const told = () => { progress.textContent = `${form.dataset.progress} ${done} / ${files.length}`; };
  told();
  const waiting = files.map((file) => [file, list.appendChild(document.createElement("li"))]);
  const next = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      await show(...one);
      done += 1;
      told();
    }
  };
  await Promise.all([next(), next(), next()]);
}

async function show(file, item) {
  item.textContent = file.name;
  const body = new FormData();
  body.append("files", file, file.name);
  const address = new URL(form.action);
  address.searchParams.set("as", "json");
  try {
    const answer = await fetch(address, { method: "POST", body });
    if (!answer.ok) throw new Error(await answer.text());
    const [found] = await answer.json();
    item.className = found.verdict;
    const heading = document.createElement("strong");
    heading.textContent = found.heading;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([found.page], { type: "text/html;charset=utf-8" }));
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = form.dataset.open;
    const points = document.createElement("ul");
    for (const words of found.points) points.appendChild(document.createElement("li")).textContent = words;
    item.replaceChildren(heading, ` ${file.name} `, link, points);
  } catch (error) {
    item.className = "unreadable";
    item.textContent = `${file.name}: ${form.dataset.failed} ${error.message}`;
  }
}
