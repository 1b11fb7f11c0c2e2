package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import java.lang.reflect.Field;
import java.util.List;
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
    CONTEXTS,
    /** A term of a filter of flows, as far as it is typed. */
    FILTERS,
    /** Likewise of events, which carry no names. */
    EVENT_FILTERS;

    /** What an argument takes; empty where its values are not such, and for filters, which depend on the verb. */
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
     * function that picocli makes. Bash breaks a term at its colons, as COMP_WORDBREAKS has it, and replaces what is behind the
     * last one; so the term is taken from the line, and what is before that is cut off.
     */
    static String script(CommandSpec root) {
        SortedSet<String> options = new TreeSet<>();
        SortedSet<String> verbs = new TreeSet<>();
        SortedSet<String> filters = new TreeSet<>();
        SortedSet<String> keys = new TreeSet<>();
        collect(root, "", options, verbs);
        collectFilters(root, filters, keys);
        return """

                # Values that only the running system knows. Nothing is evaluated of what it answers.
                function _segctl_live() {
                  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb="" kind="" each="" i=1
                  local filter="" key="" line="" term="" cut="" mark="" lead=""
                  local reach=()
                  if [ "$before" = "=" ] && [ "$COMP_CWORD" -gt 2 ]; then
                    before=${COMP_WORDS[COMP_CWORD-2]}
                  fi
                  while [ "$i" -lt "$COMP_CWORD" ]; do
                    each=${COMP_WORDS[i]}
                    case $each in
                    -s|--server|--context|--creds|--user) reach+=("$each" "${COMP_WORDS[i+1]}"); i=$((i + 1)) ;;
                    -o|--output|--color|--timeout|--password) i=$((i + 1)) ;;
                    -*) ;;
                    *) verb="$verb $each" ;;
                    esac
                    i=$((i + 1))
                  done
                  case "$verb " in
                %s
                  esac
                  if [ -n "$filter" ]; then
                    line=${COMP_LINE:0:$COMP_POINT}
                    term=${line##*[[:space:]]}
                    line=${line%%"$term"}
                    line=${line%%"${line##*[![:space:]]}"}
                    before=${line##*[[:space:]]}
                    case $term in --*=*) before=${term%%%%=*} term=${term#*=} ;; esac
                  fi
                  case $before in
                %s
                  *)
                    case $verb in
                %s
                    *) kind=$filter ;;
                    esac
                    case $word in -*) kind="" ;; esac ;;
                  esac
                  if [ -z "$kind" ]; then
                    _complete_segctl
                    return
                  fi
                  COMPREPLY=()
                  if [ "$kind" != "$filter" ]; then
                    while IFS= read -r each; do
                      case $each in "$word"*) COMPREPLY+=("$each") ;; esac
                    done < <("${COMP_WORDS[0]}" __complete "$kind" --timeout 1s "${reach[@]}" 2>/dev/null </dev/null)
                    return
                  fi
                  case $term in
                  \\'*|\\"*) mark=quote term=${term#?} ;;
                  \\\\*) mark=\\\\ term=${term#?} ;;
                  esac
                  case $word in --*=*) lead=${word%%%%=*}= ;; esac
                  term=$key$term cut=$key
                  if [ "$mark" != quote ]; then
                    case $COMP_WORDBREAKS in *:*) cut=${term%%"${term##*[:=]}"} ;; esac
                    [ -n "$cut" ] || cut=$key
                  fi
                  while IFS= read -r each; do
                    case $each in "$term"*) ;; *) continue ;; esac
                    case $each in *:) [ -z "$ZSH_VERSION" ] && compopt -o nospace 2>/dev/null ;; esac
                    each=${each#"$cut"}
                    [ "$mark" = "\\\\" ] && [ "$cut" = "$key" ] && [ -z "$ZSH_VERSION" ] && each=$mark$each
                    COMPREPLY+=("$lead$each")
                  done < <("${COMP_WORDS[0]}" __complete "$kind" --timeout 1s "${reach[@]}" -- "$term" 2>/dev/null </dev/null)
                }
                complete -F _segctl_live -o default segctl
                """.formatted(
                        lines(filters, "  "), lines(keys, "  ") + "\n" + lines(options, "  "), lines(verbs, "    "));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String lines(SortedSet<String> cases, String indent) {
        return cases.stream().map(indent::concat).collect(Collectors.joining("\n"));
    }

    /** The verbs that take a filter, and what stands before a word that is no term of one. */
    private static void collectFilters(CommandSpec root, SortedSet<String> verbs, SortedSet<String> options) {
        SortedSet<String> others = new TreeSet<>();
        for (CommandLine below : root.subcommands().values()) {
            CommandSpec verb = below.getCommandSpec();
            if (verb.positionalParameters().stream()
                    .noneMatch(each -> filterKey(each).isPresent())) {
                continue;
            }
            LiveValues kind = verb.userObject() instanceof EventsCommand ? EVENT_FILTERS : FILTERS;
            for (String name : verb.names()) {
                verbs.add("\" %s \"*) filter=%s ;;".formatted(name, kind.word()));
            }
            for (OptionSpec option : verb.options()) {
                Optional<String> key = filterKey(option);
                if (key.isPresent()) {
                    options.add("%s) [ -n \"$filter\" ] && kind=$filter key=%s ;;"
                            .formatted(String.join("|", option.names()), key.get()));
                } else if (option.arity().max() > 0 && of(option).isEmpty()) {
                    others.addAll(List.of(option.names()));
                }
            }
        }
        options.add(String.join("|", others) + ") ;;");
    }

    private static Optional<String> filterKey(ArgSpec argument) {
        return argument.userObject() instanceof Field field
                ? Optional.ofNullable(field.getAnnotation(CompletesFilter.class))
                        .map(CompletesFilter::key)
                : Optional.empty();
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
