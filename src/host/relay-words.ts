/** How the relay of a command ends, and how its last line begins, if the command could not be started or was lost. */
export const RELAY_LOST = 125;
export const RELAY_WORD = "fraisier: the command was not run as the other user: ";
