package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArtifactManifestTest {
    private final ArtifactManifest example = Wire.read(Examples.read("artifact-manifest"), ArtifactManifest.class);

    @Test
    void hasNoHostBtfWhenTheMessageSaysNothingOfIt() {
        ObjectNode message = Wire.mapper().valueToTree(example);
        message.remove("host_btf");
        assertThat(Wire.read(Wire.write(message), ArtifactManifest.class).hostBtf())
                .isEmpty();
    }

    @Test
    void carriesHostBtfByKernelRelease() {
        Map<String, ObjectRef> hostBtf = Map.of("5.4.0-150-generic", example.artifact());
        ArtifactManifest with = new ArtifactManifest(
                example.spec(),
                example.artifact(),
                example.version(),
                example.inputsDigest(),
                example.sourcesDigest(),
                example.tools(),
                example.programs(),
                example.maps(),
                hostBtf,
                example.builtAt());
        assertThat(Wire.read(Wire.write(with), ArtifactManifest.class)).isEqualTo(with);
        assertThat(Wire.mapper()
                        .valueToTree(with)
                        .at("/host_btf/5.4.0-150-generic/size")
                        .asLong())
                .isEqualTo(example.artifact().size());
    }

    @Test
    void readsTheExampleOfTheBuildersStatus() {
        BuilderApi.StatusReply status =
                Wire.read(Examples.read("api-builder-status-reply"), BuilderApi.StatusReply.class);
        assertThat(status.artifacts().getFirst().artifact()).isEqualTo(example.artifact());
        assertThat(Wire.read(Wire.write(status), BuilderApi.StatusReply.class)).isEqualTo(status);
    }
}
