// Exchanges the link's token for a session as soon as a person looks at the page, and takes it out of the address bar and the history first.
const form = document.getElementById('signin');
if (form) {
  const begin = () => {
    history.replaceState(null, '', form.getAttribute('action'));
    document.getElementById('signin-wait').hidden = false;
    document.getElementById('signin-button').hidden = true;
    fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { accept: 'application/json' }, redirect: 'error' })
      .then((answer) => (answer.ok ? location.replace('/') : refuse()))
      .catch(() => {
        // No answer: the form still works by hand.
        document.getElementById('signin-wait').hidden = true;
        document.getElementById('signin-button').hidden = false;
      });
  };
  // A page that the browser prepares ahead of a click must not use the link up.
  if (document.prerendering) {
    document.addEventListener('prerenderingchange', begin, { once: true });
  } else {
    begin();
  }
}

// Back from a provider: on to the portal, as a navigation of its own.
if (document.getElementById('onward')) {
  location.replace('/');
}

function refuse() {
  const content = document.getElementById('signin-content');
  content.replaceChildren(document.getElementById('signin-refused').content.cloneNode(true));
}
