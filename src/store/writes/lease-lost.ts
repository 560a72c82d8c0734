/** The deployment belongs to somebody else now: whoever sees this stops without touching anything more. */
export class LeaseLost extends Error {
  constructor(id: string) {
    super(`deployment ${id} was taken over by another runner`);
    this.name = "LeaseLost";
  }
}
