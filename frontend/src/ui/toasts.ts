/** Short words that come and go: `toast.good('Copied')` from anywhere. What shows them may still be on its way. */

export interface Said {
  kind: 'good' | 'bad';
  title: string;
  description: string | undefined;
}

let hear: ((said: Said) => void) | null = null;
const waiting: Said[] = [];

export const toast = {
  good: (title: string, description?: string) => tell({ kind: 'good', title, description }),
  bad: (title: string, description?: string) => tell({ kind: 'bad', title, description }),
};

function tell(said: Said): void {
  if (hear) hear(said);
  else waiting.push(said);
}

/** Hand what is said to a listener, what was said before it came, too; what is returned ends that. */
export function heardBy(listener: (said: Said) => void): () => void {
  hear = listener;
  for (const said of waiting.splice(0)) listener(said);
  return () => {
    hear = null;
  };
}
