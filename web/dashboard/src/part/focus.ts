/** Whoever opened something by keyboard is back where they were once it is gone, unless they went elsewhere. */
export function giveBack(opener: Element | null): void {
  requestAnimationFrame(() => {
    const isLost = document.activeElement === document.body;
    if (isLost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
  });
}
