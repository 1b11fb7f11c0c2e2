package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.EventTail;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.filtering.FlowFilter;
import io.nats.client.Message;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The hosts' decisions, past and coming. */
@Command(
        name = "events",
        description = "Show what hosts decided: the last events, and with -f each new one.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl events -f",
            "  segctl events --last 100 --host host-a verdict:dropped to.port:5432",
            "  segctl events -f -o json | jq -r 'select(.verdict==\"dropped\").policy_id'"
        })
final class EventsCommand implements Callable<Integer> {
    private static final long LAST = 20;
    private static final long LAST_BEFORE_FOLLOWING = 10;

    private final RootCommand root;

    @Mixin
    private FilterOptions filters;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with each new event, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--last", paramLabel = "N", description = "How many past events (default: 20; 10 with -f).")
    private Long last;

    @Option(names = "--host", paramLabel = "HOST", converter = HostIdText.class, description = "Of this host only.")
    private HostId host;

    EventsCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        if (last != null && last < 0) {
            throw Failure.usage("--last cannot be " + last, "write 0 for none, or how many");
        }
        FlowFilter filter = filters.filter();
        if (filter.asksForNames()) {
            throw Failure.usage(
                    "events carry addresses, neither names nor labels: \"%s\" would never match".formatted(filter),
                    "write addresses, or use 'segctl flows', which knows names");
        }
        Output output = root.output();
        AtomicLong hidden = new AtomicLong();
        AtomicLong shown = new AtomicLong();
        try (BusClient bus = follow ? root.connectForLong() : root.connect()) {
            if (follow) {
                output.notice("events of %s%s; Ctrl-C ends"
                        .formatted(host == null ? "all hosts" : host, filter.isEmpty() ? "" : " that match " + filter));
            }
            new EventTail(bus, host == null ? Subjects.held(Subjects.EVENTS) : Subjects.held(Subjects.EVENTS, host))
                    .read(wanted(), follow, message -> {
                        (show(message, filter, output) ? shown : hidden).incrementAndGet();
                        return !output.isGone();
                    });
        }
        if (hidden.get() > 0 && !follow) {
            output.notice("%d of the last %d events do not match %s; --last looks further back"
                    .formatted(hidden.get(), shown.get() + hidden.get(), filter));
        } else if (shown.get() == 0 && !follow) {
            output.notice("no events%s yet".formatted(host == null ? "" : " of " + host));
        }
        return ExitCode.OK;
    }

    private long wanted() {
        if (last != null) {
            return last;
        }
        return follow ? LAST_BEFORE_FOLLOWING : LAST;
    }

    /** Whether it is shown. */
    private static boolean show(Message message, FlowFilter filter, Output output) {
        FlowEvent event;
        try {
            event = Wire.read(message.getData(), FlowEvent.class);
        } catch (MalformedMessageException e) {
            output.complaint("message %d of %s is no event: %s"
                    .formatted(
                            message.metaData().streamSequence(),
                            Subjects.published(message.getSubject()),
                            Printable.of(e.getMessage())));
            return true;
        }
        if (event.lost() > 0) {
            output.notice(
                    "%s lost %d events before the next line: they came faster than its buffer empties; its metrics"
                                    .formatted(event.hostId(), event.lost())
                            + " still count every packet");
        }
        if (!filter.matches(FlowRow.of(event))) {
            return false;
        }
        if (output.isJson()) {
            output.jsonLine(event);
        } else {
            output.line(EventLine.of(event, output));
        }
        return true;
    }
}
