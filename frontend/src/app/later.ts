/** Once the page is there, for what the first look does not need: a moment later, or when somebody begins to use it. */

const CALM_MS = 1200;
const USES = ['pointermove', 'pointerdown', 'touchstart', 'keydown'] as const;

export async function later(): Promise<void> {
  if (document.readyState !== 'complete') {
    await Promise.race([
      used(),
      new Promise((then) => window.addEventListener('load', then, { once: true })),
    ]);
  }
  await Promise.race([used(), new Promise((then) => setTimeout(then, CALM_MS))]);
}

const used = once(
  () =>
    new Promise<unknown>((then) => {
      for (const name of USES) window.addEventListener(name, then, { once: true, passive: true });
    }),
);

function once<T>(make: () => T): () => T {
  let made: { is: T } | undefined;
  return () => {
    made ??= { is: make() };
    return made.is;
  };
}
