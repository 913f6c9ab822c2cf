// The frame around the pages: theme, shortcuts, dialogs, drawer, copying. Listens on the document, so that it does not mind what Blazor renders anew.
import { openPalette } from './palette.js';
import { toggleTheme } from './themes.js';

let keys = '';
let keysAt = 0;

/** Tells .NET whether somebody looks at this tab. */
export function watchVisibility(tab) {
  const tell = () => tab.invokeMethodAsync('SetVisible', document.visibilityState === 'visible').catch(() => {});
  document.addEventListener('visibilitychange', tell);
  tell();
}

document.addEventListener('click', (event) => {
  const target = event.target.closest('.skip-link,[data-open],[data-theme-toggle],[data-drawer],[data-copy],.sidebar a[href]');
  if (!target) {
    closeMenus(event.target);
    return;
  }

  if (target.classList.contains('skip-link')) {
    // The page has a base address, to which the fragment alone would lead.
    event.preventDefault();
    document.getElementById('main').focus();
  } else if (target.dataset.open) {
    open(target.dataset.open);
  } else if ('themeToggle' in target.dataset) {
    toggleTheme();
  } else if (target.dataset.drawer) {
    drawer(target.dataset.drawer === 'open');
  } else if ('copy' in target.dataset) {
    copy(target);
  } else {
    drawer(false);
  }
});

document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    open('palette');
    return;
  }

  if (event.key === 'Escape') {
    drawer(false);
    closeMenus(null);
  }

  if (event.target.getAttribute?.('role') === 'tab') {
    moveTab(event);
  }

  const typing = event.target.closest?.('input, textarea, select, [contenteditable], .editor');
  if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector('dialog[open]')) {
    shortcut(event);
  }
});

function shortcut(event) {
  keys = keys && event.timeStamp - keysAt < 1200 ? `${keys} ${event.key}` : event.key;
  keysAt = event.timeStamp;
  const link = document.querySelector(`[data-keys="${CSS.escape(keys).replaceAll('\\ ', ' ')}"]`);
  if (link) {
    keys = '';
    link.click();
  } else if (event.key === '?') {
    open('shortcuts');
  } else if (event.key === 't' && keys !== 'g t') {
    toggleTheme();
  } else if (event.key === '/') {
    event.preventDefault();
    const filter = document.querySelector('[data-filter]');
    filter ? filter.focus() : open('palette');
  }
}

function open(id) {
  if (id === 'palette') {
    openPalette();
  } else {
    document.getElementById(id)?.showModal();
  }
}

function drawer(opened) {
  document.documentElement.toggleAttribute('data-drawer-open', opened);
}

function closeMenus(clicked) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(clicked)) {
      menu.open = false;
    }
  }
}

function moveTab(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) {
    const tabs = [...event.target.parentElement.querySelectorAll('[role=tab]')];
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  }
}

async function copy(button) {
  const text = button.parentElement.querySelector('code')?.textContent ?? '';
  try {
    await navigator.clipboard.writeText(text);
    button.dataset.copied = '';
    setTimeout(() => delete button.dataset.copied, 1500);
  } catch {
    getSelection().selectAllChildren(button.parentElement.querySelector('code'));
  }
}

// Blazor says how its connection is by an event on this dialog.
const reconnect = document.getElementById('components-reconnect-modal');
reconnect?.addEventListener('components-reconnect-state-changed', ({ detail }) => {
  if (detail.state === 'hide') {
    reconnect.close();
  } else if (detail.state === 'rejected') {
    location.reload();
  } else {
    reconnect.classList.toggle('failed', detail.state === 'failed');
    if (!reconnect.open) {
      reconnect.showModal();
    }
  }

  if (detail.state === 'failed') {
    waitForReturn();
  }
});

async function waitForReturn() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const answer = await fetch('/alive').catch(() => null);
    if (answer?.ok) {
      location.reload();
      return;
    }
  }
}
