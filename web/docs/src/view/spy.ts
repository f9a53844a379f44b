// Follows the reading position: marks it in the sidebar and keeps it in the address.

/** Just under the top bar and the space that anchors leave above themselves. */
const LINE_PX = 120;
const ADDRESS_PAUSE_MS = 250;

export function spy(parts: HTMLElement[], onPart: (anchor: string) => void): void {
  const near = new Set<Element>();
  let observer: IntersectionObserver | undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let current = "";
  const settle = () => {
    const part = parts.find((one) => near.has(one));
    if (!part || part.id === current) return;
    current = part.id;
    onPart(current);
    clearTimeout(pause);
    pause = setTimeout(() => {
      const hash = part === parts[0] ? "" : `#${encodeURIComponent(part.id)}`;
      if (location.hash !== hash) history.replaceState(null, "", hash || location.pathname);
    }, ADDRESS_PAUSE_MS);
  };
  const start = () => {
    observer?.disconnect();
    near.clear();
    const below = Math.max(0, window.innerHeight - LINE_PX - 1);
    observer = new IntersectionObserver(
      (changes) => {
        for (const change of changes) {
          if (change.isIntersecting) near.add(change.target);
          else near.delete(change.target);
        }
        settle();
      },
      { rootMargin: `-${String(LINE_PX)}px 0px -${String(below)}px 0px` },
    );
    for (const part of parts) observer.observe(part);
  };
  start();
  window.addEventListener("resize", start);
}

/** Goes where the address points, for a page that was empty when the browser looked. */
export function goToHash(): void {
  const id = readHash();
  const part = id ? document.getElementById(id) : null;
  if (!part) return;
  part.scrollIntoView();
}

function readHash(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return ""; // a broken address leads to the top
  }
}
