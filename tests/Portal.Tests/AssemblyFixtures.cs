[assembly: AssemblyFixture(typeof(LakeAspire.Portal.Tests.SharedPortal))]
[assembly: AssemblyFixture(typeof(LakeAspire.Portal.Tests.Browsing.Chromium))]
