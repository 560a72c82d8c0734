# Sourced, not run: puts a Node of at least 24 first on PATH.
# The machine's own Node is used if it is new enough; else one is brought from
# the npm registry into .node/, which git ignores and nothing else on the machine sees.
# Needs npm (any version that runs on the machine's Node).

fraisier_root=${fraisier_root:-$(CDPATH= cd -- "$(dirname -- "${BASH_SOURCE[0]:-$0}")/.." && pwd)}
fraisier_node_version=24.21.0

# The SHA-512 of the archive with that Node, for the platform $1 (x64 or arm64).
fraisier_node_sha512() {
  case $1 in
    x64) echo de750bb336795f47dc898a46d2de93add029273027f3e16520d3fa3a2317ed5f07aefa404cf37ddfa5352e545e389ae22d16b87bcc84a900580a72f23cd02ced ;;
    arm64) echo 1692513c4cf63afbd32df8c83a5346158f492cf30a825e66f9de2819804b836e242759a6bcdd5997f1cf2601781c3689e752127afd65d5c459fc333e91e5d6e6 ;;
  esac
}

# Brings the Node for platform $1 into folder $2. It is unpacked only if its archive has the hash above, and in its place only when it is whole.
fraisier_bring_node() {
  local platform=$1 folder=$2 new=$2.new.$$ archive
  archive=$new/node-linux-$platform-$fraisier_node_version.tgz
  if ! command -v npm > /dev/null; then
    echo "fraisier needs npm to bring its own Node: apt-get install npm" >&2
    return 1
  fi
  if mkdir -p "$new" &&
    npm pack --silent --pack-destination "$new" "node-linux-$platform@$fraisier_node_version" > /dev/null &&
    echo "$(fraisier_node_sha512 "$platform")  $archive" | sha512sum --check --quiet - >&2 &&
    tar -xzf "$archive" -C "$new" --no-same-owner &&
    rm -rf "$folder" &&
    mv "$new/package" "$folder"; then
    rm -rf "$new"
  else
    rm -rf "$new"
    echo "fraisier could not bring Node $fraisier_node_version for $platform. If its SHA-512 is not the one in scripts/use-node.sh, do not use it." >&2
    return 1
  fi
}

if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)' 2>/dev/null; then
  case $(uname -m) in
    x86_64) fraisier_node_platform=x64 ;;
    aarch64) fraisier_node_platform=arm64 ;;
    *)
      echo "fraisier needs Node 24 or newer, and brings its own only on x86_64 and aarch64: install it by hand." >&2
      exit 1
      ;;
  esac
  fraisier_node_folder=$fraisier_root/.node/node_modules/node-linux-$fraisier_node_platform
  if [ "$("$fraisier_node_folder/bin/node" --version 2>/dev/null)" != "v$fraisier_node_version" ]; then
    echo "This machine's Node is $(node --version 2>/dev/null || echo missing): bringing Node $fraisier_node_version into .node/" >&2
    fraisier_bring_node "$fraisier_node_platform" "$fraisier_node_folder" || exit 1
  fi
  PATH=$fraisier_node_folder/bin:$PATH
  export PATH
fi
