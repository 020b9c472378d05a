/** Links that answers of the API hold, and what they name. */

/** A signed link that the browser saves rather than shows. */
export function savedAs(link: string): string {
  return `${link}${link.includes('?') ? '&' : '?'}download=true`;
}

/** Whether it can be the id of anything. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
