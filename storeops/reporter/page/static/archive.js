/* The search: every word must occur in the line; shop and state narrow it. */
{
  const form = document.querySelector(".search");
  const lines = [...document.querySelectorAll(".entries li")].map((element) => ({
    element,
    text: `${element.dataset.day} ${element.textContent}`.toLowerCase(),
  }));
  const months = [...document.querySelectorAll(".month")];
  const nothing = document.querySelector(".nothing");
  const chosen = (name) => (form.elements[name] ? form.elements[name].value : "");
  const search = () => {
    const words = chosen("words").toLowerCase().split(/\s+/).filter(Boolean);
    const [shop, state] = [chosen("shop"), chosen("state")];
    let count = 0;
    for (const { element, text } of lines) {
      const isFit =
        words.every((word) => text.includes(word)) &&
        (!shop || element.dataset.shop === shop) &&
        (!state || element.dataset.state === state);
      element.hidden = !isFit;
      count += isFit;
    }
    for (const month of months) month.hidden = !month.querySelector("li:not([hidden])");
    nothing.hidden = count > 0;
  };
  if (form) {
    form.hidden = false;
    form.addEventListener("input", search);
    form.addEventListener("submit", (event) => event.preventDefault());
    search();
  }
}
