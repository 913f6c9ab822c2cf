// Charts by Chart.js, of which only the parts in use are bundled. It draws on a canvas and makes no style elements, as our Content-Security-Policy wants.
import {
  BarController, BarElement, CategoryScale, Chart, Filler, Legend, LinearScale, LineController, LineElement, PointElement, ScatterController, Tooltip,
} from 'chart.js';
import { onThemeChange } from './themes.js';

Chart.register(BarController, BarElement, CategoryScale, Filler, Legend, LinearScale, LineController, LineElement, PointElement, ScatterController, Tooltip);

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export function create(canvas, spec) {
  const ended = new AbortController();
  let chart = new Chart(canvas, configOf(spec));
  onThemeChange(() => draw(), ended.signal);

  function draw() {
    chart.destroy();
    chart = new Chart(canvas, configOf(spec));
  }

  return {
    update(newSpec) {
      const grown = newSpec.type === spec.type && newSpec.series.length === spec.series.length;
      spec = newSpec;
      if (!grown) {
        draw();
        return;
      }

      const { data, options } = configOf(spec);
      chart.data = data;
      chart.options = options;
      chart.update('none');
    },
    destroy() {
      ended.abort();
      chart.destroy();
    },
  };
}

function configOf(spec) {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const palette = [1, 2, 3, 4, 5, 6].map((i) => color(`--chart-${i}`));
  const scatter = spec.type === 'scatter';
  const line = spec.type === 'line' || spec.type === 'area';
  const many = spec.labels.length > 80;
  const xs = scatter ? spec.labels.map(Number) : [];
  const numeric = scatter && xs.every(Number.isFinite);
  return {
    type: scatter ? (numeric ? 'scatter' : 'line') : line ? 'line' : 'bar',
    data: {
      labels: numeric ? undefined : spec.labels,
      datasets: spec.series.map((series, i) => ({
        label: series.name,
        data: numeric ? series.values.map((y, at) => ({ x: xs[at], y })) : series.values,
        backgroundColor: spec.type === 'area' ? `color-mix(in srgb, ${palette[i % 6]} 22%, transparent)` : palette[i % 6],
        hoverBackgroundColor: palette[i % 6],
        borderColor: palette[i % 6],
        borderWidth: line ? 2 : 0,
        borderRadius: many ? 0 : 3,
        maxBarThickness: 44,
        categoryPercentage: 0.86,
        barPercentage: 0.92,
        fill: spec.type === 'area' ? 'origin' : false,
        pointRadius: scatter ? 3 : spec.labels.length > 40 ? 0 : 2.5,
        pointHoverRadius: 4,
        showLine: !scatter,
        tension: 0.2,
        spanGaps: false,
      })),
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: matchMedia('(prefers-reduced-motion: reduce)').matches ? false : { duration: 250 },
      font: { family: style.fontFamily },
      interaction: { mode: numeric ? 'nearest' : 'index', intersect: false },
      scales: {
        x: {
          title: { display: Boolean(spec.xTitle), text: spec.xTitle ?? '', color: color('--ink-3'), font: fontOf(style) },
          grid: { display: numeric, color: color('--line') },
          border: { color: color('--line') },
          ticks: { color: color('--ink-3'), font: fontOf(style), maxRotation: 0, autoSkipPadding: 16, ...(numeric ? { callback: (value) => short.format(value) } : {}) },
        },
        y: {
          beginAtZero: !scatter,
          grid: { color: color('--line') },
          border: { display: false },
          ticks: { color: color('--ink-3'), font: fontOf(style), maxTicksLimit: 6, callback: (value) => short.format(value) },
        },
      },
      plugins: {
        legend: { display: spec.series.length > 1, position: 'top', align: 'start', labels: { color: color('--ink-2'), font: fontOf(style), boxWidth: 10, boxHeight: 10, useBorderRadius: true, borderRadius: 2 } },
        tooltip: {
          backgroundColor: color('--tooltip'),
          titleColor: color('--tooltip-ink'),
          bodyColor: color('--tooltip-ink'),
          titleFont: { ...fontOf(style), weight: 600 },
          bodyFont: fontOf(style),
          padding: 10,
          cornerRadius: 6,
          boxPadding: 5,
          callbacks: { label: (item) => ` ${item.dataset.label}: ${whole.format(item.parsed.y)}` },
        },
      },
    },
  };
}

function fontOf(style) {
  return { family: style.fontFamily, size: 12 };
}
