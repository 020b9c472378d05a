/** As many as are said, of what has the usual plural: "1 credit", "1,500 credits". */
export function many(n: string, one: string): string {
  return `${n} ${n === '1' ? one : `${one}s`}`;
}
