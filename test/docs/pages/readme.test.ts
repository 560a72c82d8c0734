import { PACKAGE } from "../../installed/machine.ts";
import { runPage } from "../run-page.ts";

runPage("README.md", { installed: false, prepare: `mkdir build && ln -s ${PACKAGE} build/fraisier_0.1.0_amd64.deb` });
