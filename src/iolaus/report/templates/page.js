"use strict";
// Draws the charts whose numbers stand in the tables beside them; without this the tables remain.
(function () {
  const options = JSON.parse(document.getElementById("chart-data").textContent);
  document.documentElement.classList.add("js");
  const drawn = [];
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    const option = options[figure.dataset.chart];
    if (!option) continue;
    const box = figure.querySelector(".plot");
    figure.hidden = false;
    box.style.height = option.height + "px";
    const chart = echarts.init(box, null, { renderer: "svg" });
    chart.setOption(option.options);
    drawn.push({ chart, box });
  }
  const fit = () => drawn.forEach(({ chart }) => chart.resize());
  addEventListener("resize", fit);
  const closed = new Set();
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details:not([open])")) {
      closed.add(part);
      part.open = true;
    }
    drawn.forEach(({ chart }) => chart.resize({ width: 660 }));
  });
  addEventListener("afterprint", () => {
    closed.forEach((part) => (part.open = false));
    closed.clear();
    drawn.forEach(({ chart }) => chart.resize({ width: "auto" }));
  });
})();
