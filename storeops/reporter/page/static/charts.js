/* Charts: one option for light, one for dark; the legend is made of buttons beside them. */
class Plot {
  constructor(figure, data) {
    this.data = data;
    this.hidden = new Set();
    this.legend = figure.querySelector(".legend");
    this.box = figure.querySelector(".plot");
    figure.hidden = false;
    figure.querySelector("figcaption").textContent = data.title;
    this.box.style.height = `${data.height}px`;
    this.draw(theme.isDark());
    this.box.setAttribute("aria-label", `${data.title}: ${this.last().join(", ")}`);
    this.makeLegend();
    new ResizeObserver(() => this.chart.resize()).observe(this.box);
  }

  draw(isDark) {
    if (this.chart) this.chart.dispose();
    this.option = isDark ? this.data.dark : this.data.light;
    const selected = Object.fromEntries([...this.hidden].map((name) => [name, false]));
    const legend = { ...this.option.legend, selected };
    const tooltip = { ...this.option.tooltip, formatter: (hovered) => this.read(hovered) };
    this.chart = echarts.init(this.box, null, { renderer: "canvas" });
    this.chart.setOption({ ...this.option, legend, tooltip });
  }

  read(hovered) {
    const lines = hovered
      .filter((one) => (this.data.told[one.seriesIndex] || []).length)
      .map((one) => `${one.seriesName}  ${this.data.told[one.seriesIndex][one.dataIndex]}`);
    return [hovered[0].axisValueLabel ?? hovered[0].name, ...lines].join("\n");
  }

  last() {
    const names = [].concat(this.option.xAxis, this.option.yAxis).find((axis) => axis.data).data;
    const series = this.option.series.filter((one, index) => (this.data.told[index] || []).length);
    const values = series.map((one) => {
      const told = this.data.told[this.option.series.indexOf(one)];
      return `${one.name} ${told[names.length - 1]}`;
    });
    return [names[names.length - 1], ...values];
  }

  makeLegend() {
    const named = this.option.series.filter((one) => one.name);
    if (named.length < 2) return;
    for (const series of named) {
      const button = document.createElement("button");
      const mark = document.createElement("i");
      button.type = "button";
      mark.className = series.type;
      button.append(mark, series.name);
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => this.toggle(series.name, button));
      this.legend.append(button);
    }
    this.paintLegend();
  }

  paintLegend() {
    const colours = new Map(this.option.series.map((one) => [one.name, one.itemStyle && one.itemStyle.color]));
    for (const button of this.legend.children) {
      button.firstChild.style.background = colours.get(button.lastChild.textContent);
    }
  }

  toggle(name, button) {
    if (!this.hidden.delete(name)) this.hidden.add(name);
    button.setAttribute("aria-pressed", String(!this.hidden.has(name)));
    this.chart.dispatchAction({ type: "legendToggleSelect", name });
  }

  repaint(isDark) {
    this.draw(isDark);
    this.paintLegend();
  }
}

const plots = [];
{
  const byId = new Map(JSON.parse(document.getElementById("data").textContent).charts.map((one) => [one.id, one]));
  for (const figure of document.querySelectorAll("[data-chart]")) {
    const data = byId.get(figure.dataset.chart);
    if (data) plots.push(new Plot(figure, data));
  }
  theme.onChange(() => plots.forEach((plot) => plot.repaint(theme.isDark())));
  addEventListener("beforeprint", () => plots.forEach((plot) => plot.repaint(false)));
  addEventListener("afterprint", () => plots.forEach((plot) => plot.repaint(theme.isDark())));
}
