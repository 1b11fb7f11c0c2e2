package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import io.aegisflux.segmentation.cli.kubernetes.Manifest;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Stdio;
import io.aegisflux.segmentation.cli.yaml.Yaml;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Manifests of Kubernetes in files of YAML or JSON, each of which may hold several. */
final class Manifests {
    private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json");

    private Manifests() {}

    /**
     * @throws Failure when something cannot be read or is neither YAML nor JSON
     */
    static List<Manifest> read(List<String> names, Stdio stdio) {
        List<Manifest> manifests = new ArrayList<>();
        for (PolicyFiles.Content content : PolicyFiles.read(names, ENDINGS, stdio)) {
            List<JsonNode> documents = documents(content);
            for (int i = 0; i < documents.size(); i++) {
                String source = documents.size() == 1 ? content.name() : "%s#%d".formatted(content.name(), i + 1);
                manifests.add(new Manifest(source, documents.get(i)));
            }
        }
        return manifests;
    }

    /** JSON first: YAML takes most of it, but for tabs and the last of two members of a name. */
    private static List<JsonNode> documents(PolicyFiles.Content content) {
        try (MappingIterator<JsonNode> documents =
                Wire.mapper().readerFor(JsonNode.class).readValues(content.bytes())) {
            return documents.readAll();
        } catch (IOException e) {
            return yamlDocuments(content);
        }
    }

    private static List<JsonNode> yamlDocuments(PolicyFiles.Content content) {
        try {
            return Yaml.documents(content.bytes());
        } catch (Yaml.MalformedYamlException e) {
            throw Failure.refused(
                    "%s is neither YAML nor JSON: %s".formatted(content.name(), e.getMessage()),
                    "mend it; templates have to be rendered first (helm template, kustomize build)",
                    e);
        }
    }
}
