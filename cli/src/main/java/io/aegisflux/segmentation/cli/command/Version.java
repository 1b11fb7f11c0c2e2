package io.aegisflux.segmentation.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote down. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"segctl " + number()};
    }

    static String number() {
        try (InputStream in = Version.class.getResourceAsStream("/segctl.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("segctl.properties is not in the jar", e);
        }
    }
}
