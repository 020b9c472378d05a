/** Whether a screen takes the files that are let go above the page. */

let takers = 0;

/** From now on one does; what is returned ends that. */
export function takesFiles(): () => void {
  takers += 1;
  return () => {
    takers -= 1;
  };
}

export function isTaken(): boolean {
  return takers > 0;
}
