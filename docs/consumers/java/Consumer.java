// Reads hookferry's events from Kafka, in structured and in binary mode, and lets each take effect once.
//
//   mvn -q dependency:copy-dependencies
//   KAFKA_BROKERS=127.0.0.1:9092 KAFKA_TOPICS=webhooks.github.push java -cp 'lib/*' Consumer.java

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

public class Consumer {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws IOException {
        var effects = new Effects(Path.of(or("EFFECTS", "effects.jsonl")));
        // The value is read as bytes, and as an event below: a deserializer that throws inside of poll() would stop
        // this consumer at the first message that is none.
        var consumer = new KafkaConsumer<>(properties(), new StringDeserializer(), new ByteArrayDeserializer());
        var main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                main.join(5000);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }));
        try (consumer) {
            consumer.subscribe(List.of(System.getenv("KAFKA_TOPICS").split(",")));
            while (true) {
                var records = consumer.poll(Duration.ofSeconds(1));
                for (var record : records) {
                    // An error ends the program, uncommitted: the event comes again.
                    handle(effects, record);
                }
                if (!records.isEmpty()) {
                    // If we end before this, the events come again, and are known.
                    consumer.commitSync();
                }
            }
        } catch (WakeupException ended) {
            // By the hook above.
        }
    }

    private static Map<String, Object> properties() {
        return Map.of(
                "bootstrap.servers", System.getenv("KAFKA_BROKERS"),
                "group.id", or("KAFKA_GROUP", "example-java"),
                // A group that is new begins with what is there already.
                "auto.offset.reset", "earliest",
                // Offsets are committed once their events have taken effect, never by a clock.
                "enable.auto.commit", false,
                // So long does a consumer that was killed keep its partitions from the others.
                "session.timeout.ms", 10_000,
                "max.poll.records", 100);
    }

    private static void handle(Effects effects, ConsumerRecord<String, byte[]> record) {
        CloudEvent event;
        try {
            event = DESERIALIZER.deserialize(record.topic(), record.headers(), record.value());
        } catch (RuntimeException error) {
            // Not hookferry's: nothing that is tried again would make it an event.
            System.err.printf("%s@%d is no event: %s%n", record.topic(), record.offset(), error.getMessage());
            return;
        }
        if (!effects.once(event)) {
            System.err.printf("seen before: %s%n", event.getId());
        }
    }

    private static final CloudEventDeserializer DESERIALIZER = new CloudEventDeserializer();

    private static String or(String name, String fallback) {
        var value = System.getenv(name);
        return value == null || value.isEmpty() ? fallback : value;
    }

    /**
     * What an event does, done once.
     *
     * A file stands for your database here: one line for each effect. In yours, put (source, id) into a table with a
     * unique key, in the same transaction as what the event changes; a key that is there already means that it was
     * done.
     */
    private static class Effects {
        private final Set<List<String>> done = new HashSet<>();
        private final FileChannel file;

        Effects(Path path) throws IOException {
            if (Files.exists(path)) {
                for (var line : Files.readAllLines(path)) {
                    var effect = JSON.readTree(line);
                    done.add(List.of(effect.get("source").textValue(), effect.get("id").textValue()));
                }
            }
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }

        /** Returns false for an event whose effect is there already. */
        boolean once(CloudEvent event) {
            var key = List.of(event.getSource().toString(), event.getId());
            if (done.contains(key)) {
                return false;
            }
            // Only what could not be read or published where it was meant to go has this attribute.
            var reason = (String) event.getExtension("deadletterreason");
            try {
                ObjectNode line = JSON.createObjectNode();
                line.put("source", key.get(0)).put("id", key.get(1)).put("type", event.getType());
                line.put("deadletter", reason);
                line.set("data", reason == null ? data(event) : null);
                var bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
                file.write(ByteBuffer.wrap(bytes));
                file.force(false);
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
            return done.add(key);
        }

        private static JsonNode data(CloudEvent event) throws IOException {
            return event.getData() == null ? null : JSON.readTree(event.getData().toBytes());
        }
    }
}
