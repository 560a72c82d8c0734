import { PACKAGE } from "../../installed/machine.ts";
import { runPage } from "../run-page.ts";

runPage("docs/install.md", {
  installed: false,
  reader: "admin",
  prepare: `install -d ~admin/build && ln -s ${PACKAGE} ~admin/build/fraisier_0.1.0_amd64.deb`,
});
