// Light, dark, or as the system is.

const dark = matchMedia('(prefers-color-scheme: dark)');

export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : dark.matches;
}

/** To the other one; what the system has anyway is not stored, so that it is followed from then on. */
export function toggleTheme() {
  const wanted = isDark() ? 'light' : 'dark';
  const root = document.documentElement;
  try {
    if ((wanted === 'dark') === dark.matches) {
      delete root.dataset.theme;
      localStorage.removeItem('lake-theme');
    } else {
      root.dataset.theme = wanted;
      localStorage.setItem('lake-theme', wanted);
    }
  } catch {
    root.dataset.theme = wanted;
  }
}

/** Calls back whenever the colours may have changed, until the signal ends it. */
export function onThemeChange(callback, signal) {
  const observer = new MutationObserver(callback);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  dark.addEventListener('change', callback, { signal });
  signal.addEventListener('abort', () => observer.disconnect());
}
