using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Aspire.Hosting;

namespace LakeAspire.Hosting.Processes;

/// <summary>A running program that cannot outlive this process.</summary>
internal sealed class ManagedProcess : IDisposable
{
    static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    readonly LaunchSpec spec;
    readonly Process process;
    readonly Action<string, bool> output;
    readonly TaskCompletionSource<int> started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    ManagedProcess(LaunchSpec spec, Process process, Action<string, bool> output)
    {
        (this.spec, this.process, this.output) = (spec, process, output);
        Exited = WatchAsync();
    }

    /// <summary>The program's process id.</summary>
    public int Id { get; private set; }

    /// <summary>Its exit code, when it has ended and its output has been read.</summary>
    public Task<int> Exited { get; }

    /// <exception cref="DistributedApplicationException">It cannot be started.</exception>
    public static async Task<ManagedProcess> StartAsync(LaunchSpec spec, Action<string, bool> output, CancellationToken cancellationToken)
    {
        var program = new Process { StartInfo = DescribeStart(spec) };
        try
        {
            program.Start();
        }
        catch (Win32Exception error)
        {
            program.Dispose();
            throw new DistributedApplicationException($"Cannot start {spec.FileName}: {error.Message}.", error);
        }

        if (OperatingSystem.IsWindows())
        {
            JobObject.Add(program);
            if (spec.InputFile is { } input)
            {
                await program.StandardInput.WriteAsync((await File.ReadAllTextAsync(input, cancellationToken)).AsMemory(), cancellationToken);
                program.StandardInput.Close();
            }
        }

        var managed = new ManagedProcess(spec, program, output);
        managed.Id = OperatingSystem.IsWindows() ? program.Id : await managed.started.Task.WaitAsync(cancellationToken);
        return managed;
    }

    /// <summary>Ends it: in good order if it obeys within its limit, by force otherwise.</summary>
    public async Task StopAsync()
    {
        if (Exited.IsCompleted)
        {
            return;
        }

        if (!OperatingSystem.IsWindows())
        {
            UnixSignals.Send(Id, spec.StopSignal);
        }
        else if (spec.StopCommand is { } command)
        {
            using var stop = await StartAsync(command, output, CancellationToken.None);
            await stop.Exited;
        }
        else
        {
            process.StandardInput.Close();
        }

        if (await Task.WhenAny(Exited, Task.Delay(spec.StopLimit)) != Exited)
        {
            output($"did not stop within {spec.StopLimit.TotalSeconds:0} s; killed", true);
            Kill();
        }

        await Exited;
    }

    public void Dispose() => process.Dispose();

    static ProcessStartInfo DescribeStart(LaunchSpec spec)
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        var (file, arguments) = OperatingSystem.IsWindows() ? (spec.FileName, spec.Arguments) : ("/bin/sh", Guardian.ArgumentsFor(spec));
        if (spec.RunAs is { } user)
        {
            (file, arguments) = UserSwitch.Wrap(user, file, arguments);
        }

        start.FileName = file;
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var hidden in start.Environment.Keys.Where(k => spec.HiddenVariables.Any(prefix => k.StartsWith(prefix, StringComparison.Ordinal))).ToList())
        {
            start.Environment.Remove(hidden);
        }

        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    async Task<int> WatchAsync()
    {
        await Task.Yield();
        var readOutput = LinePump.RunAsync(process.StandardOutput, OnOutput);
        var readErrors = LinePump.RunAsync(process.StandardError, line => output(line, true));
        await process.WaitForExitAsync();
        if (!OperatingSystem.IsWindows() && Id > 0 && UnixSignals.IsAlive(Id))
        {
            // The guardian itself was killed; nobody else will end what it guarded.
            UnixSignals.KillGroup(Id);
        }

        // A grandchild that left the process group may hold the output open for as long as it likes.
        await Task.WhenAny(Task.WhenAll(readOutput, readErrors), Task.Delay(OutputGrace));
        started.TrySetException(new DistributedApplicationException($"Cannot start {spec.FileName}: it ended at once with exit code {process.ExitCode}."));
        return process.ExitCode;
    }

    void OnOutput(string line)
    {
        if (!OperatingSystem.IsWindows() && !started.Task.IsCompleted && int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            started.TrySetResult(id);
            return;
        }

        output(line, false);
    }

    void Kill()
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
        }
        else
        {
            UnixSignals.KillGroup(Id);
        }
    }
}
