/** A job of a scheduled fraise, as its settings say it, defaults filled in and names made whole. */
export interface JobSettings {
  /** Name of the service unit, with its suffix. */
  readonly service: string;
  readonly timer: string;
  readonly scope: "system" | "user";
  /** The folder for unit files; undefined: the folder in which systemd looks for the scope's own. */
  readonly unit_directory: string | undefined;
  /** A folder below the release whose files of these names are installed; undefined: the repository has no say. */
  readonly unit_files: string | undefined;
  /** Lines for `OnCalendar=`; empty: the timer comes from elsewhere. */
  readonly calendar: readonly string[];
  /** A shell line or argv; undefined: the service comes from elsewhere. */
  readonly command: string | readonly string[] | undefined;
  readonly user: string | undefined;
  readonly description: string;
  /** Service units that must not be running or failed when this one starts. */
  readonly after: readonly string[];
  /** Milliseconds one run may take. */
  readonly timeout: number | undefined;
  readonly environment_file: string | undefined;
  /** A run that was missed while the machine was off is made up for. */
  readonly persistent: boolean;
}
