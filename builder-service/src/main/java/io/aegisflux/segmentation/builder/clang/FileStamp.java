package io.aegisflux.segmentation.builder.clang;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/** By which a file is known to be the one that was looked at before; links are followed. */
record FileStamp(Path file, Object inode, long size, FileTime modified) {
    static FileStamp of(Path file) throws IOException {
        Path real = file.toRealPath();
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        return new FileStamp(real, attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
    }
}
