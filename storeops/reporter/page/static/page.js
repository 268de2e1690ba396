/* A link to a row finds it even where the table is folded; paper shows what a click would open. */
const follow = () => {
  for (const row of document.querySelectorAll(".is-target")) row.classList.remove("is-target");
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!row || row.tagName !== "TR") return;
  const sheet = sheets.find((one) => one.rows.includes(row));
  sheet.reveal(row);
  row.classList.add("is-target");
  row.scrollIntoView({ block: "center", inline: "start" });
};
addEventListener("hashchange", follow);
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#t"]');
  if (link && link.getAttribute("href") === location.hash) follow();
});
follow();

const shut = [];
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open])")) {
    details.open = true;
    shut.push(details);
  }
});
addEventListener("afterprint", () => {
  while (shut.length) shut.pop().open = false;
});
