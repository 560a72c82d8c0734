/** The settings of two component groups: one that copies each of its files into `live`, and one that only builds. */
export const GROUPS = `groups:
  - name: parts
    order: 1
    file_patterns: ["parts/*.txt"]
    deploy_command: 'cp {file} "$FRAISIER_APP_PATH/live"'
    after_rollback: 'cp {file} "$FRAISIER_APP_PATH/live"'
  - name: web
    order: 2
    build_command: 'cp VERSION built'
    after_rollback: 'true'`;
