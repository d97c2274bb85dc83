"""What is harmless: commands of which it is known which files they change, if any, and the shell's own settings.

What stands in no list puts in doubt whatever it could reach.  A row is the commands, and where it can be looked up
what they do.
"""

from __future__ import annotations

from collections.abc import Sequence

from tfparse.patterns import pattern

FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
"""Where a system has its programs: one by a path elsewhere may be anything."""


Rows = tuple[tuple[str, str], ...]
"""Commands, each with where it can be looked up what they do."""

READING: Rows = (
    ("ls dir vdir cat tac head tail wc nl od fold fmt pr cut paste join comm tr tsort ptx expand unexpand",
     "GNU Coreutils manual: Output of entire files to Operating on characters"),
    ("cksum b2sum md5sum sha1sum sha224sum sha256sum sha384sum sha512sum sum base32 base64 basenc",
     "GNU Coreutils manual: Summarizing files"),
    ("basename dirname readlink realpath pathchk stat du df sleep date hostname hostid uname nproc uptime arch",
     "GNU Coreutils manual: File name manipulation, System context"),
    ("id whoami groups users who logname tty printenv seq factor expr yes numfmt",
     "GNU Coreutils manual: User information, Numeric operations"),
    ("grep egrep fgrep zgrep zcat bzcat xzcat zless strings file hexdump xxd column rev look cmp diff diff3",
     "grep(1), gzip(1), binutils(7), util-linux(1), diff(1)"),
    ("ps pgrep pidof top free vmstat w lsof fuser ss netstat ip ping dig nslookup host getent locale which whereis",
     "procps(1), iproute2(8), bind9-dnsutils(1), getent(1)"),
    ("jq getconf tput clear logger wall ldd mountpoint findmnt lsblk blkid envsubst",
     "jq(1), logger(1), util-linux(1), envsubst(1)"),
)  # fmt: skip
"""They change no file.  What they print goes where their output goes."""

ADMINISTERING: Rows = (
    ("chown chmod chgrp mkdir rmdir touch mkfifo mknod sync stty setfacl getfacl",
     "GNU Coreutils manual: Changing file attributes, Special file types: no file's text changes"),
    ("apt apt-get apt-cache apt-mark apk yum dnf dpkg-query debconf-set-selections update-ca-certificates ldconfig",
     "apt-get(8), apk(8): packages of other programs; one that names postfix is not harmless"),
    ("pip pip3 npm gem", "pip(1): packages of their own languages"),
    ("useradd usermod userdel adduser deluser groupadd groupmod groupdel addgroup delgroup passwd chpasswd chage",
     "useradd(8), passwd(1): accounts of the system"),
    ("service systemctl rc-service invoke-rc.d update-rc.d initctl",
     "systemctl(1), service(8): they start and stop programs, of which a container that supervisord runs has none"),
    ("kill pkill killall renice sysctl iptables ip6tables nft ufw modprobe hostnamectl timedatectl tzselect",
     "kill(1), sysctl(8), iptables(8)"),
    ("doveadm dovecot doveconf sievec sieve-test rspamadm rspamc sa-update sa-learn freshclam clamdscan amavisd",
     "doveadm(1), rspamadm(1), sa-update(1): other mail programs"),
    ("fail2ban-client opendkim-genkey opendkim-testkey fetchmail", "fail2ban-client(1), opendkim-genkey(8)"),
    ("addmailuser delmailuser updatemailuser listmailuser addalias delalias listalias addquota setquota delquota",
     "docker-mailserver target/bin: accounts, aliases and quotas"),
    ("_log _log_with_date", "docker-mailserver target/scripts/helpers/log.sh"),
)  # fmt: skip
"""They do not change the text of files of configuration."""

CHANGING: Rows = (
    ("dd truncate shred split csplit gzip gunzip bzip2 bunzip2 xz unxz zstd lz4 sponge shuf sort uniq",
     "GNU Coreutils manual; gzip(1), xz(1)"),
    ("openssl gpg gpg2 ssh-keygen certbot htpasswd age sops",
     "openssl(1), gpg(1), ssh-keygen(1): they write what -out, -o or -f names"),
    ("curl wget scp sftp git tar unzip zip cpio patch rsync ar",
     "curl(1), wget(1), tar(1), patch(1), rsync(1): they write what they are told, or where they are"),
    ("chattr setfattr", "chattr(1): a file that it makes immutable can no longer be changed"),
    ("yq crudini augtool iconv dos2unix unix2dos", "crudini(1), dos2unix(1): they change files that they name"),
)  # fmt: skip
"""They change at most the files that their arguments name, or that lie below those."""

HERE = frozenset(["tar", "unzip", "cpio", "patch", "git", "ar"])
"""Those that also change files below the folder they are run in; others of them only files in that folder itself."""

_ARCHIVING = pattern(r"-?(?=[a-zJ]*[ct])[cfhjJptvz]+")


def changes_below(command: str, arguments: Sequence[str]) -> bool:
    """Whether a command may change files below the folder it is run in: tar that makes or lists an archive does not."""
    if command not in HERE or set(arguments) & {"-C", "-d", "--directory"}:
        return False
    first, *others = arguments or [""]
    more = any(word.startswith("-") and not word.startswith("--exclude=") for word in others)
    return command != "tar" or more or not _ARCHIVING.fullmatch(first)


ANSWERING = frozenset(
    ["cmp", "diff", "egrep", "expr", "fgrep", "findmnt", "fuser", "getent", "grep", "host", "id", "ls", "mountpoint",
     "pgrep", "pidof", "which", "zgrep"]
)  # fmt: skip
"""Those whose failure is an answer, where that of others says that something is broken."""

SHELL_OPTIONS = {"e": "errexit", "u": "nounset", "x": "xtrace", "v": "verbose", "f": "noglob", "b": "notify",
                 "h": "hashall", "m": "monitor", "E": "errtrace", "T": "functrace", "B": "braceexpand",
                 "H": "histexpand"}  # fmt: skip
KNOWN_SHELL_OPTIONS = frozenset([*SHELL_OPTIONS.values(), "pipefail", "history", "interactive-comments", "emacs", "vi"])
"""Options of ``set`` under which commands do what is said here (bash(1), The Set Builtin)."""

SHOPT = frozenset(
    ["nullglob", "dotglob", "globstar", "nocaseglob", "failglob", "inherit_errexit", "checkwinsize", "histappend"]
)
"""Options of ``shopt`` of which the same holds."""

LOADING = frozenset(["BASH_ENV", "ENV", "LD_PRELOAD", "LD_LIBRARY_PATH", "SHELLOPTS", "BASHOPTS", "PERL5OPT",
                     "PYTHONSTARTUP", "POSIXLY_CORRECT"])  # fmt: skip
"""Variables that make programs run or load something else (bash(1), ld.so(8))."""

SOURCED = ("/etc/os-release", "/etc/lsb-release", "/usr/lib/os-release", "/etc/dms-settings",
           "/usr/local/bin/helpers/")  # fmt: skip
"""Files that only set variables and functions (os-release(5); docker-mailserver's own helpers)."""


LATER = ("/etc/cron", "/var/spool/cron/", "/etc/supervisor/", "/etc/systemd/", "/etc/init", "/etc/profile", "/etc/rc")
"""Where programs look for commands that they run later (cron(8), supervisord(1), systemd.unit(5), bash(1))."""


def names(rows: Rows) -> frozenset[str]:
    """All commands of some rows."""
    return frozenset(name for commands, _ in rows for name in commands.split())
