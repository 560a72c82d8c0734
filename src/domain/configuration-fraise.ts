/** The type of the fraise whose repository holds fraises.yaml. */
export const CONFIGURATION = "configuration";

/** The name that the file has in a release of that fraise, whatever its name in the repository is. */
export const CONFIGURATION_FILE = "fraises.yaml";

/** The file beside it in a release: the revision, and the name of the file in the repository. */
export const ORIGIN_FILE = "origin.json";
