/**
 * The scripts that bring completion to a shell. They only hand over what was typed and take back lines of `value<TAB>meaning`.
 *
 * Of the packages that write such scripts none fits: @bomb.sh/tab (kept, no dependencies) needs bash-completion in bash, runs what was
 * typed through eval there, and cuts values at their colons in bash and zsh, which every context of EKS has; omelette and tabtab write
 * into the user's start-up files, and tabtab brings prompts of its own.
 */

import { joinWords } from '../../core/words.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

/** `program`: absolute path of `cli`, to tell it from other programs of that name. `run`: words that run what it starts. */
export type Told = { readonly program: string; readonly run: readonly string[] };

/** A word for the three shells alike: single quotes, with each of its own outside of them. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const names = 'cli dynamo-installer';

// bash 3.2, which macOS has, knows neither mapfile nor compopt.
const bash = ({
  program,
  run,
}: Told): string => `# Completion of ${program} for bash: source it, for example from ~/.bashrc.
_dynamo_installer() {
  local typed line files=
  COMPREPLY=()
  typed=$(type -P -- "$1") || return 0
  [ "$typed" -ef ${quoted(program)} ] || return 0
  while IFS= read -r line; do
    if [ "$line" = :files ]; then files=1; else COMPREPLY[\${#COMPREPLY[@]}]=$line; fi
  done < <(${joinWords(run)} --line "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  [ -n "$files" ] || return 0
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do
    COMPREPLY[\${#COMPREPLY[@]}]=$line
  done < <(compgen -f -- "$2")
}
complete -F _dynamo_installer ${names}
`;

const zsh = ({ program, run }: Told): string => `#compdef ${names}
# Completion of ${program} for zsh: source it, or save it as _dynamo_installer in a folder of $fpath.
_dynamo_installer() {
  local typed=\${commands[$words[1]]:-$words[1]} line meaning files=
  local -a found
  [[ $typed -ef ${quoted(program)} ]] || return 1
  while IFS= read -r line; do
    if [[ $line == :files ]]; then files=1; continue; fi
    meaning=
    [[ $line == *$'\\t'* ]] && meaning=:\${line#*$'\\t'}
    line=\${line%%$'\\t'*}
    found+=("\${line//:/\\\\:}$meaning")
  done < <(${joinWords(run)} -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( $#found )) && _describe -V dynamo-installer found
  [[ -n $files ]] && _files
  (( $#found )) || [[ -n $files ]]
}
if [[ $funcstack[1] == _dynamo_installer ]]; then
  _dynamo_installer "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _dynamo_installer ${names}
fi
`;

const fish = ({
  program,
  run,
}: Told): string => `# Completion of ${program} for fish: source it, or save it as ~/.config/fish/completions/cli.fish.
function __dynamo_installer_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l typed (command -s -- $words[1]; or echo $words[1])
  test (realpath -- $typed 2>/dev/null) = (realpath -- ${fishQuoted(program)}); or return
  set -e words[1]
  for line in (${run.map(fishQuoted).join(' ')} -- $words "$current" 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
for name in ${names}
  complete -c $name -f -k -a '(__dynamo_installer_complete)'
end
`;

const scripts: Readonly<Record<Shell, (told: Told) => string>> = { bash, zsh, fish };

export const isShell = (word: string): word is Shell => Object.hasOwn(scripts, word);

export const shells = Object.keys(scripts);

export const scriptFor = (shell: Shell, told: Told): string => scripts[shell](told);
