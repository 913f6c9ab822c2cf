// "Go to": every link that names a place, found by a few letters.

const dialog = document.getElementById('palette');
const input = document.getElementById('palette-input');
const list = document.getElementById('palette-list');
let places = [];
let active = 0;

export function openPalette() {
  const seen = new Map();
  for (const link of document.querySelectorAll('a[data-place]')) {
    seen.set(link.href, { name: link.dataset.place, link });
  }

  places = [...seen.values()];
  input.value = '';
  dialog.showModal();
  show();
}

function matches(name, wanted) {
  let at = 0;
  for (const letter of wanted) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) {
      return false;
    }
  }

  return true;
}

function show() {
  const wanted = input.value.trim().toLowerCase().replaceAll(' ', '');
  const found = places.filter((place) => matches(place.name.toLowerCase(), wanted));
  // What contains the letters side by side comes first.
  found.sort((a, b) => b.name.toLowerCase().includes(wanted) - a.name.toLowerCase().includes(wanted));
  active = 0;
  list.replaceChildren(
    ...found.slice(0, 12).map((place, index) => {
      const item = document.createElement('li');
      item.id = `place-${index}`;
      item.role = 'option';
      item.textContent = place.name;
      item.addEventListener('click', () => go(place));
      item.place = place;
      return item;
    }),
  );
  mark();
}

function mark() {
  [...list.children].forEach((item, index) => item.setAttribute('aria-selected', index === active));
  list.children[active]?.scrollIntoView({ block: 'nearest' });
  input.setAttribute('aria-activedescendant', list.children[active]?.id ?? '');
}

function go(place) {
  dialog.close();
  place.link.click();
}

input?.addEventListener('input', show);
input?.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const count = list.children.length;
  if (step && count > 0) {
    event.preventDefault();
    active = (active + step + count) % count;
    mark();
  } else if (event.key === 'Enter' && count > 0) {
    event.preventDefault();
    go(list.children[active].place);
  }
});
dialog?.addEventListener('click', (event) => {
  if (event.target === dialog) {
    dialog.close();
  }
});
