// Before the first paint: the theme that was chosen here, else the system's.
try {
  const theme = localStorage.getItem('lake-theme');
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // No storage: the system's theme it is.
}
