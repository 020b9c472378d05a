/** Links that answers of the API hold. */

/** A signed link that the browser saves rather than shows. */
export function savedAs(link: string): string {
  return `${link}${link.includes('?') ? '&' : '?'}download=true`;
}
