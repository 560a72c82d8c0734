/** A text that is no schedule; the message says what is wrong with it. Never leaves this folder. */
export class ScheduleProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ScheduleProblem";
  }
}
