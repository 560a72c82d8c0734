/** Says how far a copy into this place has come. It is there until the copy is whole. */
export const COPY_TABLE = "tb_store_copy";
/** The record of migrations, and the name that it has while a copy is not whole: no program takes such a place for a store. */
export const HISTORY_TABLE = "tb_store_migration";
export const HIDDEN_HISTORY_TABLE = "tb_store_copy_migration";

/** Tables that say something of the place itself, and nothing that fraisier remembers. */
export const PLACE_TABLES: readonly string[] = [COPY_TABLE, HISTORY_TABLE, HIDDEN_HISTORY_TABLE];
