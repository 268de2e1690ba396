"use strict";
/* Light or dark: the system's choice until the button says otherwise. */
const theme = (() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const heard = [];
  const remembered = () => {
    try { return localStorage.getItem("storeops-theme"); } catch { return null; }
  };
  const remember = (name) => {
    try { localStorage.setItem("storeops-theme", name); } catch { /* kept for this view only */ }
  };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const button = document.getElementById("theme");
  const tell = () => {
    if (button) button.textContent = isDark() ? button.dataset.light : button.dataset.dark;
    heard.forEach((hear) => hear());
  };
  const kept = remembered();
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      tell();
    });
  }
  system.addEventListener("change", tell);
  tell();
  return { isDark, onChange: (hear) => heard.push(hear) };
})();
