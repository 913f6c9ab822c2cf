// Zooms and moves a drawing: by wheel, by dragging, by its buttons and by keys. Only the group's transform is touched, which Blazor does not render.
const min = 0.15;
const max = 3;

/** Finds the drawing anew for each event: it may be rendered again at any time. */
export function attach() {
  let drag = null;
  let moved = false;
  let fittedTo = null;
  const state = new WeakMap();
  const of = (svg) => state.get(svg) ?? { x: 0, y: 0, k: 1 };
  const all = () => document.querySelectorAll('svg.lineage');

  function apply(svg, next) {
    const k = Math.min(max, Math.max(min, next.k));
    state.set(svg, { x: next.x, y: next.y, k });
    svg.querySelector('[data-viewport]')?.setAttribute('transform', `translate(${next.x} ${next.y}) scale(${k})`);
  }

  function fit(svg) {
    const { width, height } = svg.getBoundingClientRect();
    const [w, h] = [Number(svg.dataset.width), Number(svg.dataset.height)];
    if (!w || !h || !width) {
      return;
    }

    // Much smaller is not legible: then what was asked for is in the middle, and the rest is reached by moving.
    const k = Math.max(width < 600 ? 0.85 : 0.62, Math.min(1.1, width / w, height / h));
    const [rx, ry] = svg.dataset.root.split(' ').map(Number);
    const place = (room, size, root) => (size * k <= room ? (room - size * k) / 2 : Math.min(0, Math.max(room - size * k, room / 2 - root * k)));
    apply(svg, { k, x: place(width, w, rx), y: place(height, h, ry) });
  }

  function zoom(svg, factor, x, y) {
    const now = of(svg);
    const k = Math.min(max, Math.max(min, now.k * factor));
    apply(svg, { k, x: x - ((x - now.x) * k) / now.k, y: y - ((y - now.y) * k) / now.k });
  }

  function center(svg, factor) {
    const { width, height } = svg.getBoundingClientRect();
    zoom(svg, factor, width / 2, height / 2);
  }

  function move(svg, dx, dy) {
    const now = of(svg);
    apply(svg, { ...now, x: now.x + dx, y: now.y + dy });
  }

  const on = {
    wheel(event) {
      const svg = event.target.closest?.('svg.lineage');
      if (!svg || (!event.ctrlKey && !event.metaKey && document.activeElement !== svg)) {
        return;
      }

      event.preventDefault();
      const box = svg.getBoundingClientRect();
      zoom(svg, Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
    },
    pointerdown(event) {
      const svg = event.target.closest?.('svg.lineage');
      if (svg && event.button === 0) {
        drag = { svg, x: event.clientX, y: event.clientY };
        moved = false;
      }
    },
    pointermove(event) {
      if (!drag) {
        return;
      }

      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      if (moved || Math.hypot(dx, dy) > 4) {
        moved = true;
        drag.svg.classList.add('dragging');
        move(drag.svg, dx, dy);
        drag = { ...drag, x: event.clientX, y: event.clientY };
      }
    },
    pointerup() {
      drag?.svg.classList.remove('dragging');
      drag = null;
    },
    click(event) {
      // The end of a drag chooses nothing.
      if (moved && event.target.closest?.('svg.lineage')) {
        event.stopPropagation();
        moved = false;
        return;
      }

      const button = event.target.closest?.('[data-zoom]');
      for (const svg of button ? all() : []) {
        button.dataset.zoom === 'fit' ? fit(svg) : center(svg, button.dataset.zoom === 'in' ? 1.25 : 0.8);
      }
    },
    keydown(event) {
      const svg = event.target.closest?.('svg.lineage');
      if (!svg || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }

      const step = 60;
      const act = {
        ArrowLeft: () => move(svg, step, 0),
        ArrowRight: () => move(svg, -step, 0),
        ArrowUp: () => move(svg, 0, step),
        ArrowDown: () => move(svg, 0, -step),
        '+': () => center(svg, 1.25),
        '=': () => center(svg, 1.25),
        '-': () => center(svg, 0.8),
        0: () => fit(svg),
        // A button that is no button would scroll the page.
        ' ': () => {},
      }[event.key];
      if (act) {
        event.preventDefault();
        act();
      }
    },
    focusin(event) {
      const svg = event.target.closest?.('svg.lineage');
      if (!svg || event.target === svg || drag) {
        return;
      }

      // What has the focus is seen.
      const [box, own] = [svg.getBoundingClientRect(), event.target.getBoundingClientRect()];
      const dx = own.left < box.left ? box.left - own.left + 16 : own.right > box.right ? box.right - own.right - 16 : 0;
      const dy = own.top < box.top ? box.top - own.top + 16 : own.bottom > box.bottom ? box.bottom - own.bottom - 16 : 0;
      if (dx || dy) {
        move(svg, dx, dy);
      }
    },
  };
  const watch = new MutationObserver(look);
  const size = new ResizeObserver(() => {
    fittedTo = null;
    look();
  });

  // A new drawing, or one with other measures, is fitted; one that was only chosen in stays as it is.
  function look() {
    for (const svg of all()) {
      const wanted = `${svg.dataset.width} ${svg.dataset.height}`;
      if (!state.has(svg) || fittedTo !== wanted) {
        fittedTo = wanted;
        size.observe(svg);
        fit(svg);
      }
    }
  }

  for (const [name, handler] of Object.entries(on)) {
    document.addEventListener(name, handler, { capture: name === 'click', passive: false });
  }

  watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-width', 'data-height'] });
  look();
  return {
    detach() {
      watch.disconnect();
      size.disconnect();
      for (const [name, handler] of Object.entries(on)) {
        document.removeEventListener(name, handler, { capture: name === 'click' });
      }
    },
  };
}
