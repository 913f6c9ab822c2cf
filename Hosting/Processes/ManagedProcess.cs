using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Aspire.Hosting;

namespace LakeAspire.Hosting.Processes;

/// <summary>Starts programs that cannot outlive this process.</summary>
internal sealed class ProcessStarter(Guardian guardian)
{
    /// <exception cref="DistributedApplicationException">It cannot be started.</exception>
    public async Task<ManagedProcess> StartAsync(LaunchSpec spec, Action<string, bool> output, CancellationToken cancellationToken)
    {
        var program = new Process { StartInfo = Describe(spec) };
        try
        {
            program.Start();
        }
        catch (Win32Exception error)
        {
            program.Dispose();
            throw new DistributedApplicationException($"Cannot start {spec.FileName}: {error.Message}.", error);
        }

        guardian.Add(program, spec.StopSignal, spec.StopLimit);
        var managed = new ManagedProcess(this, guardian, spec, program, output);
        if (OperatingSystem.IsWindows() && spec.InputFile is { } input)
        {
            await program.StandardInput.WriteAsync((await File.ReadAllTextAsync(input, cancellationToken)).AsMemory(), cancellationToken);
            program.StandardInput.Close();
        }

        return managed;
    }

    ProcessStartInfo Describe(LaunchSpec spec)
    {
        var (file, arguments) = CommandLine.Of(spec);
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        foreach (var hidden in start.Environment.Keys.Where(k => spec.HiddenVariables.Any(prefix => k.StartsWith(prefix, StringComparison.Ordinal))).ToList())
        {
            start.Environment.Remove(hidden);
        }

        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[Guardian.MarkVariable] = guardian.Mark;
        return start;
    }
}

/// <summary>A running program. Its standard input is a pipe that nothing is written to and that ends when this process does.</summary>
internal sealed class ManagedProcess : IDisposable
{
    static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    readonly ProcessStarter starter;
    readonly Guardian guardian;
    readonly LaunchSpec spec;
    readonly Process process;
    readonly Action<string, bool> output;

    internal ManagedProcess(ProcessStarter starter, Guardian guardian, LaunchSpec spec, Process process, Action<string, bool> output)
    {
        (this.starter, this.guardian, this.spec, this.process, this.output) = (starter, guardian, spec, process, output);
        Id = process.Id;
        Exited = WatchAsync();
    }

    /// <summary>Its process id.</summary>
    public int Id { get; }

    /// <summary>Its exit code, when it has ended and its output has been read; 128 and the number of the signal if one ended it.</summary>
    public Task<int> Exited { get; }

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
            using var stop = await starter.StartAsync(command, output, CancellationToken.None);
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

    async Task<int> WatchAsync()
    {
        await Task.Yield();
        var readOutput = LinePump.RunAsync(process.StandardOutput, line => output(line, false));
        var readErrors = LinePump.RunAsync(process.StandardError, line => output(line, true));
        await process.WaitForExitAsync();
        if (!OperatingSystem.IsWindows())
        {
            UnixSignals.KillRestOfGroup(Id);
        }

        guardian.Remove(Id);

        // A descendant that left the process group may hold the output open for as long as it likes.
        await Task.WhenAny(Task.WhenAll(readOutput, readErrors), Task.Delay(OutputGrace));
        return process.ExitCode;
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
