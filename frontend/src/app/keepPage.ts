/** A picture let go where no screen takes it does not take the page's place, and cuts nothing that is being sent. */
export function keepPage(): void {
  for (const name of ['dragover', 'drop'] as const)
    window.addEventListener(name, (event) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    });
}
