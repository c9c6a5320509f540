#include "command_table.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace riva::verify {
namespace {

struct row {
    command_kind kind;
    std::string_view programs;  ///< separated by blanks
};

constexpr std::array table{
    row{command_kind::plain,
        "echo printf true false : test [ [[ exit return set unset export readonly local declare "
        "typeset shift read wait type command which whereis date cal sleep seq expr bc factor "
        "basename dirname pwd cd pushd popd whoami id groups hostname uname arch nproc uptime free "
        "tty locale getconf printenv env yes jobs umask ulimit getopts let break continue xargs "
        "parallel nice ionice nohup timeout time stdbuf setsid builtin tput clear logname"},
    row{command_kind::reads,
        "ls dir cat tac head tail wc diff cmp comm sort uniq cut paste join column fold fmt expand "
        "nl od xxd hexdump md5sum sha1sum sha224sum sha256sum sha384sum sha512sum cksum b2sum sum "
        "stat file du df tree realpath readlink strings rev less more tr look shuf tsort base64 "
        "base32 numfmt zcat zless nm objdump readelf size iconv lsof ps pgrep top"},
    row{command_kind::searches, "grep egrep fgrep zgrep rg ag ack jq yq xmllint cloc tokei"},
    row{command_kind::writes,
        "touch mkdir rmdir cp mv ln install tee truncate split csplit mktemp patch mkfifo gzip "
        "gunzip bzip2 bunzip2 xz unxz zstd unzip zip tar cpio ar dos2unix unix2dos"},
    row{command_kind::removes, "rm unlink shred"},
    row{command_kind::permits, "chmod chown chgrp setfacl chattr setcap"},
    row{command_kind::builds,
        "make gmake cmake ninja ctest meson bazel gcc g++ cc c++ clang clang++ cpp ld as ranlib "
        "strip ldd gcov gcovr lcov pytest py.test unittest nose2 tox nox coverage mypy pyright "
        "ruff "
        "black isort flake8 pylint bandit yapf autopep8 pyflakes tsc eslint prettier jest mocha "
        "vitest karma ava tap biome rustc rustfmt clippy-driver gofmt golint staticcheck javac jar "
        "java kotlinc scalac ghc stack cabal mvn gradle ant sbt dotnet msbuild swift swiftc zig "
        "shellcheck shfmt clang-format clang-tidy cppcheck valgrind gdb perf doxygen sphinx-build "
        "mkdocs protoc flatc bison flex yacc lex phpunit rspec rake rubocop"},
    row{command_kind::interprets,
        "python python2 python3 python3.9 python3.10 python3.11 python3.12 python3.13 pypy pypy3 "
        "node nodejs perl ruby php lua luajit Rscript julia sh bash dash zsh ksh ash "
        "rbash "
        "fish source . tclsh guile racket erl elixir ghci groovy osascript pwsh"},
    row{command_kind::streams, "sed awk gawk mawk nawk ed ex"},
    row{command_kind::finds, "find fd fdfind locate"},
    row{command_kind::versions, "git hg svn jj bzr"},
    row{command_kind::packages,
        "npm deno bun yarn pnpm pip pip3 pipx uv poetry pipenv conda cargo go gem bundle composer"},
    row{command_kind::network,
        "curl wget aria2c http https httpie ftp sftp scp rsync ssh ssh-keygen ssh-add ssh-agent nc "
        "ncat netcat socat telnet nmap ping ping6 traceroute dig nslookup host whois tcpdump gh "
        "glab hub aws gcloud az s3cmd rclone mail sendmail mutt lynx w3m links npx pnpx bunx uvx"},
    row{command_kind::installs,
        "apt apt-get apt-cache aptitude dpkg yum dnf rpm pacman apk zypper brew port snap flatpak "
        "nix nix-env nix-shell update-alternatives ldconfig rustup nvm pyenv rbenv"},
    row{command_kind::privilege,
        "sudo doas su pkexec runuser chroot unshare nsenter capsh visudo passwd setpriv newgrp sg"},
    row{command_kind::administers,
        "shutdown reboot halt poweroff init telinit systemctl service journalctl mount umount "
        "swapon swapoff modprobe insmod rmmod sysctl useradd userdel usermod groupadd iptables nft "
        "ufw ip ifconfig route hostnamectl timedatectl loginctl dmesg losetup cryptsetup chpasswd "
        "ptrace strace ltrace watch exec"},
    row{command_kind::destroys,
        "dd mkfs mke2fs mkswap fdisk sfdisk parted gparted wipefs blkdiscard hdparm badblocks"},
    row{command_kind::signals, "kill killall pkill skill xkill fuser"},
    row{command_kind::orchestrates,
        "docker podman buildah kubectl helm minikube terraform ansible ansible-playbook vagrant "
        "virsh qemu-system-x86_64 lxc systemd-run systemd-nspawn bwrap firejail"},
    row{command_kind::postpones, "at batch crontab atrm disown bg screen tmux"},
};

std::unordered_map<std::string_view, command_kind> index_of_table() {
    std::unordered_map<std::string_view, command_kind> index;
    for (const auto& [kind, programs] : table)
        for (std::size_t from = 0; from < programs.size();) {
            const std::size_t end = std::min(programs.find(' ', from), programs.size());
            index.emplace(programs.substr(from, end - from), kind);
            from = end + 1;
        }
    return index;
}

}  // namespace

command_kind kind_of(std::string_view program) {
    static const auto index = index_of_table();
    if (program.starts_with("mkfs.") || program.starts_with("fsck")) return command_kind::destroys;
    const auto found = index.find(program);
    return found == index.end() ? command_kind::unknown : found->second;
}

}  // namespace riva::verify
