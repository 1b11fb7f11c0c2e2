package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import java.lang.reflect.Field;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Values that only the running system knows, for the completion of a command line. */
enum LiveValues {
    POLICIES,
    HOSTS,
    CONTEXTS;

    /** What an argument takes; empty where its values are not such. */
    static Optional<LiveValues> of(ArgSpec argument) {
        if (argument.type() == PolicyId.class) {
            return Optional.of(POLICIES);
        }
        if (argument.type() == HostId.class) {
            return Optional.of(HOSTS);
        }
        return argument.userObject() instanceof Field field && field.isAnnotationPresent(NamesContext.class)
                ? Optional.of(CONTEXTS)
                : Optional.empty();
    }

    /**
     * A function for bash, and for zsh as it reads those of bash, that completes such values and leaves all else to the
     * function that picocli makes.
     */
    static String script(CommandSpec root) {
        SortedSet<String> options = new TreeSet<>();
        SortedSet<String> verbs = new TreeSet<>();
        collect(root, "", options, verbs);
        return """

                # Values that only the running system knows. Nothing is evaluated of what it answers.
                function _segctl_live() {
                  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb="" kind="" each="" i=1
                  local reach=()
                  if [ "$before" = "=" ] && [ "$COMP_CWORD" -gt 2 ]; then
                    before=${COMP_WORDS[COMP_CWORD-2]}
                  fi
                  while [ "$i" -lt "$COMP_CWORD" ]; do
                    each=${COMP_WORDS[i]}
                    case $each in
                    -s|--server|--context|--creds|--user) reach+=("$each" "${COMP_WORDS[i+1]}"); i=$((i + 1)) ;;
                    -*) ;;
                    *) verb="$verb $each" ;;
                    esac
                    i=$((i + 1))
                  done
                  case $before in
                %s
                  *)
                    case $verb in
                %s
                    esac
                    case $word in -*) kind="" ;; esac ;;
                  esac
                  if [ -z "$kind" ]; then
                    _complete_segctl
                    return
                  fi
                  COMPREPLY=()
                  while IFS= read -r each; do
                    case $each in "$word"*) COMPREPLY+=("$each") ;; esac
                  done < <("${COMP_WORDS[0]}" __complete "$kind" --timeout 1s "${reach[@]}" 2>/dev/null </dev/null)
                }
                complete -F _segctl_live -o default segctl
                """.formatted(
                        options.stream().map("  "::concat).collect(Collectors.joining("\n")),
                        verbs.stream().map("    "::concat).collect(Collectors.joining("\n")));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static void collect(CommandSpec command, String path, SortedSet<String> options, SortedSet<String> verbs) {
        for (OptionSpec option : command.options()) {
            of(option)
                    .ifPresent(kind ->
                            options.add("%s) kind=%s ;;".formatted(String.join("|", option.names()), kind.word())));
        }
        for (PositionalParamSpec positional : command.positionalParameters()) {
            of(positional).ifPresent(kind -> verbs.add("*\"%s\") kind=%s ;;".formatted(path, kind.word())));
        }
        for (CommandLine below : command.subcommands().values()) {
            CommandSpec spec = below.getCommandSpec();
            if (!spec.usageMessage().hidden()) {
                collect(spec, path + " " + spec.name(), options, verbs);
            }
        }
    }
}
