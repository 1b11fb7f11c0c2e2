package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusSettings;
import io.aegisflux.segmentation.cli.context.Context;

/**
 * A context without its secrets.
 *
 * @param auth how it says who we are: creds, user, token or none
 * @param user null where there is none, as creds
 * @param unsupported what segctl does not know how to follow; null for nothing
 */
record ContextView(
        String name,
        boolean selected,
        String description,
        String url,
        String auth,
        String user,
        String creds,
        String unsupported) {

    static ContextView of(Context context, boolean selected) {
        return new ContextView(
                context.name(),
                selected,
                context.description(),
                BusSettings.withoutSecrets(context.urls()),
                auth(context),
                context.user().orElse(null),
                context.credentials().orElse(null),
                context.others().isEmpty() ? null : String.join(", ", context.others()));
    }

    private static String auth(Context context) {
        return context.user().isPresent()
                ? "user"
                : context.credentials().isPresent() ? "creds" : context.token().isPresent() ? "token" : "none";
    }
}
