using System.Diagnostics;
using System.Globalization;

namespace LakeAspire.Conformance.ObjectStores;

/// <summary>
/// A process that puts endless content. The test assembly starts itself again with the environment variable set; the assembly's module initializer calls
/// <see cref="RunIfAskedAsync"/>, which never returns in such a process.
/// </summary>
public sealed class WriterProcess : IDisposable
{
    const string Variable = "LAKEASPIRE_TEST_ENDLESS_PUT";
    readonly Process process;

    WriterProcess(Process process) => this.process = process;

    /// <summary>Starts a test assembly as a writer.</summary>
    /// <param name="assembly">Path of the test assembly.</param>
    /// <param name="root">Root of the store.</param>
    /// <param name="location">Where to put.</param>
    /// <param name="replace">Put, or put if absent.</param>
    /// <param name="environment">Further variables, such as the store's credentials.</param>
    public static WriterProcess Start(string assembly, string root, string location, bool replace, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false, ArgumentList = { "exec", assembly } };
        start.Environment[Variable] = string.Join('|', root, location, replace ? "replace" : "absent");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new WriterProcess(Process.Start(start)!);
    }

    /// <summary>In a writer process: puts endless content and reports each megabyte that the store has read.</summary>
    /// <param name="open">Opens the store of a root.</param>
    public static async Task RunIfAskedAsync(Func<string, Lakehouse.Formats.IO.IObjectStore> open)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } order)
        {
            return;
        }

        var parts = order.Split('|');
        var store = open(parts[0]);
        await using var content = new ReportingStream();
        if (parts[2] == "replace")
        {
            await store.PutAsync(parts[1], content);
        }
        else
        {
            await store.PutIfAbsentAsync(parts[1], content);
        }
    }

    /// <summary>Waits until the store has taken some megabytes.</summary>
    public async Task WaitForMegabytesAsync(int megabytes, CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (int.TryParse(line, CultureInfo.InvariantCulture, out var taken) && taken >= megabytes)
            {
                return;
            }
        }

        throw new InvalidOperationException("the writer ended early");
    }

    /// <summary>Kills it with SIGKILL.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    /// <summary>Endless; a line on standard output for each megabyte that was asked for.</summary>
    sealed class ReportingStream : Stream
    {
        long position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var before = position >> 20;
            buffer.AsSpan(offset, count).Fill((byte)'x');
            position += count;
            if (position >> 20 != before)
            {
                Console.WriteLine(position >> 20);
            }

            // Bounded, so that a test that forgets to kill fills no disk.
            return position > 200L << 20 ? throw new InvalidOperationException("nobody killed this writer") : count;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(1, cancellationToken);
            var bytes = new byte[buffer.Length];
            var read = Read(bytes, 0, bytes.Length);
            bytes.CopyTo(buffer);
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
