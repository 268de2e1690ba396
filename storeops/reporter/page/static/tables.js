/* Tables sort by their heads, filter by a word or a cell, and fold to ten rows. */
const FOLD = 10;

class Sheet {
  constructor(card) {
    this.table = card.querySelector("table.data");
    this.body = this.table.tBodies[0];
    this.rows = [...this.body.rows];
    this.tools = card.querySelector(".tools");
    this.words = this.tools.dataset;
    this.input = this.tools.querySelector("input");
    this.picked = null;
    this.isOpen = false;
    this.tools.hidden = !this.tools.children.length;
    this.makeHeads();
    this.makePicks();
    this.makeColumns();
    this.makeFold(card.querySelector(".foot"));
    if (this.input) this.input.addEventListener("input", () => this.show());
    this.show();
  }

  makeHeads() {
    for (const head of this.table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.title = this.words.sort;
      button.addEventListener("click", () => this.sort(head));
      head.replaceChildren(button);
    }
  }

  makePicks() {
    for (const cell of this.body.querySelectorAll(".pick")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = cell.textContent;
      button.title = this.words.pick;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => this.pick(cell.cellIndex, button.textContent));
      cell.replaceChildren(button);
    }
  }

  makeColumns() {
    const button = this.tools.querySelector(".columns");
    if (!button) return;
    this.table.classList.add("is-short");
    button.addEventListener("click", () => {
      const isShort = this.table.classList.toggle("is-short");
      button.setAttribute("aria-pressed", String(!isShort));
      button.textContent = isShort ? this.words.more : this.words.fewer;
    });
  }

  makeFold(foot) {
    this.fold = document.createElement("button");
    this.fold.type = "button";
    this.fold.className = "quiet fold";
    this.fold.addEventListener("click", () => {
      this.isOpen = !this.isOpen;
      this.show();
    });
    this.status = document.createElement("span");
    this.status.setAttribute("role", "status");
    foot.prepend(this.fold, this.status);
  }

  sort(head) {
    const isText = head.classList.contains("t");
    const was = head.getAttribute("aria-sort");
    const way = was ? (was === "ascending" ? "descending" : "ascending") : isText ? "ascending" : "descending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", way);
    const sign = way === "ascending" ? 1 : -1;
    const key = (row) => {
      const cell = row.cells[head.cellIndex];
      if (cell.dataset.value) return Number(cell.dataset.value);
      return cell.dataset.value === "" || cell.textContent === "—" ? null : cell.textContent;
    };
    const compare = (one, other) => {
      if (one === null || other === null) return (one === null) - (other === null);
      if (typeof one === "number" && typeof other === "number") return sign * (one - other);
      return sign * String(one).localeCompare(String(other), document.documentElement.lang);
    };
    this.rows.sort((one, other) => compare(key(one), key(other)));
    this.body.append(...this.rows);
    this.show();
  }

  pick(column, text) {
    const same = this.picked && this.picked.column === column && this.picked.text === text;
    this.picked = same ? null : { column, text };
    for (const button of this.body.querySelectorAll(".pick button")) {
      const isOn = this.picked && button.parentElement.cellIndex === column && button.textContent === text;
      button.setAttribute("aria-pressed", String(Boolean(isOn)));
    }
    this.show();
  }

  show() {
    const wanted = this.input ? this.input.value.trim().toLowerCase() : "";
    const fits = (row) =>
      (!wanted || row.textContent.toLowerCase().includes(wanted)) &&
      (!this.picked || row.cells[this.picked.column].textContent === this.picked.text);
    let count = 0;
    for (const row of this.rows) {
      const isFit = fits(row);
      count += isFit;
      row.hidden = !isFit || (!this.isOpen && count > FOLD);
    }
    this.table.parentElement.classList.toggle("is-open", this.isOpen);
    this.fold.hidden = count <= FOLD;
    this.fold.textContent = this.isOpen ? this.words.few : this.words.all;
    this.fold.setAttribute("aria-expanded", String(this.isOpen));
    this.status.textContent = count ? "" : this.words.none;
  }

  reveal(row) {
    if (this.input) this.input.value = "";
    this.picked = null;
    this.isOpen = this.isOpen || this.rows.indexOf(row) >= FOLD;
    this.show();
  }
}

const sheets = [...document.querySelectorAll("table.data")].map((table) => new Sheet(table.closest(".card")));
