// Runs in the dashboard's page, before its own script: see dashboard.ts.
const probe = {
  /** Milliseconds from the start of the navigation until the overview stood there complete, and was drawn. */
  readyMs: undefined,

  /** Frames while nothing moves, for so many milliseconds: what the machine itself allows now. */
  stand(milliseconds) {
    const times = [];
    const end = performance.now() + milliseconds;
    let last = performance.now();
    return new Promise((resolve) => {
      const step = (now) => {
        times.push(now - last);
        last = now;
        if (now >= end) return resolve(times);
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
  },

  /** Scrolls on by a window a frame, down until so many calls are there, or (0) up to the top. */
  scroll(calls) {
    const times = [];
    let last = performance.now();
    const rows = () => {
      const table = document.querySelector('[data-testid="calls"]');
      const row = table.querySelector("[data-window-row]");
      return Math.round(table.tBodies[0].offsetHeight / row.offsetHeight);
    };
    return new Promise((resolve) => {
      const step = (now) => {
        times.push(now - last);
        last = now;
        if (calls === 0 ? scrollY === 0 : rows() >= calls) return resolve({ times, rows: rows() });
        scrollBy({ top: (calls === 0 ? -1 : 1) * innerHeight, behavior: "instant" });
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
  },
};
globalThis.probe = probe;

new MutationObserver((_, observer) => {
  const ready = document.querySelector('[data-testid="overview"][data-state="ready"][aria-busy="false"]');
  if (ready === null || document.querySelector('[data-testid="breakdown"] tbody tr') === null) return;
  observer.disconnect();
  requestAnimationFrame(() => {
    const afterFrame = new MessageChannel();
    afterFrame.port1.onmessage = () => {
      probe.readyMs = performance.now();
    };
    afterFrame.port2.postMessage(null);
  });
}).observe(document, { subtree: true, childList: true, attributes: true });
