/** Whether a key is held down: what it does over and over was wanted once. */

let held = false;

export function watchKeys(): void {
  window.addEventListener('keydown', (event) => {
    held = event.repeat;
  });
  window.addEventListener('keyup', () => {
    held = false;
  });
}

export function isKeyHeld(): boolean {
  return held;
}
